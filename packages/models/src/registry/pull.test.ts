import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { sha256 } from '../digest.js';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE } from '../testing/tiny.js';
import { CATALOGUE, dataHome, listBackbones, type PullOptions, pullBackbone } from './index.js';

const root = await temporaryFolder();
const content = await readFile(TINY_BACKBONE);
const digest = sha256(content);
let homes = 0;
let stop: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  vi.stubEnv('AD_HOME', join(root, `${homes++}`));
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(stop.map((end) => end()));
  stop = [];
});

/** A server for one test. Returns its address and what was asked of it. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse, at: number) => void) {
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming);
    answer(incoming, response, asked.length);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  stop.push(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/tiny.onnx`, port, asked, server };
}

/** Serves parts as they are asked for. */
function whole(
  incoming: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string> = { etag: '"v1"' },
) {
  const [, start] = /^bytes=(\d+)-$/.exec(incoming.headers.range ?? '') ?? [];
  const current = incoming.headers['if-range'] === headers.etag;
  if (start !== undefined && current) {
    const from = Number(start);
    headers = { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(206, { ...headers, 'content-length': `${content.length - from}` });
    response.end(content.subarray(from));
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': `${content.length}` });
  response.end(content);
}

/** Announces everything, sends the first bytes, and breaks off when `received` hears that they are there. */
function breaking(length: number, headers: Record<string, string> = { etag: '"v1"' }) {
  let current: ServerResponse | undefined;
  return {
    answer(response: ServerResponse) {
      current = response;
      response.writeHead(200, { ...headers, 'content-length': `${content.length}` });
      response.write(content.subarray(0, length));
    },
    received(bytes: number) {
      if (bytes === length) current?.destroy();
    },
  };
}

const pull = (url: string, options: PullOptions = {}) =>
  pullBackbone('fetched', { url, sha256: digest, convention: '0..1', ...options });
const downloads = () => readdir(join(dataHome(), 'downloads')).catch(() => []);

describe('pull', () => {
  test('fetches a file, verifies it and gives it its name', async () => {
    const { url, asked } = await serve((incoming, response) => whole(incoming, response));
    const seen: [number, number | undefined][] = [];
    const pulled = await pull(url, {
      onProgress: (received, total) => seen.push([received, total]),
      license: 'MIT',
    });
    expect(pulled).toMatchObject({
      name: 'fetched',
      sha256: digest,
      origin: url,
      license: 'MIT',
      verified: true,
    });
    expect(seen.at(-1)).toEqual([content.length, content.length]);
    const backbone = await Backbone.open('fetched');
    await backbone.close();
    expect(backbone.convention).toBe('0..1');
    expect([await downloads(), asked.length]).toEqual([[], 1]);
  });

  test('says plainly when a file was trusted as it came', async () => {
    const { url } = await serve((incoming, response) => whole(incoming, response));
    expect(await pull(url, { sha256: undefined })).toMatchObject({ sha256: digest, verified: false });
  });

  test('goes on where a truncated transfer ended', async () => {
    const { answer, received } = breaking(1000);
    const { url, asked } = await serve((incoming, response, at) =>
      at === 1 ? answer(response) : whole(incoming, response),
    );
    expect((await pull(url, { onProgress: received })).sha256).toBe(digest);
    expect(asked.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=1000-', '"v1"'],
    ]);
  });

  test('goes on in a later process, and starts anew where the file has changed', async () => {
    const { answer, received } = breaking(700);
    const broken = await serve((_, response) => answer(response));
    await expect(pull(broken.url, { onProgress: received })).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      hint: expect.stringMatching(digest),
    });
    expect((await downloads()).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    broken.server.removeAllListeners('request');
    const ranges: (string | undefined)[] = [];
    broken.server.on('request', (incoming, response) => {
      ranges.push(incoming.headers.range);
      whole(incoming, response, { etag: '"v2"' });
    });
    expect((await pull(broken.url)).sha256).toBe(digest);
    expect(ranges).toEqual(['bytes=700-']);
  });

  test('starts anew where the server promises nothing of what it sends', async () => {
    const { answer, received } = breaking(500, {});
    const { url, asked } = await serve((incoming, response, at) =>
      at === 1 ? answer(response) : whole(incoming, response, {}),
    );
    expect((await pull(url, { onProgress: received })).sha256).toBe(digest);
    expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });

  test('throws away another file than the expected one', async () => {
    const { url } = await serve((_, response) => {
      response.end('something else');
    });
    await expect(pull(url)).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringMatching(`expected ${digest}`),
    });
    expect([await downloads(), await listBackbones()]).toEqual([[], []]);
  });

  test('follows a redirect', async () => {
    const { url } = await serve((incoming, response) => {
      if (incoming.url === '/tiny.onnx') response.writeHead(302, { location: '/elsewhere' }).end();
      else whole(incoming, response);
    });
    expect((await pull(url)).origin).toBe(url);
  });

  test('reports a missing file at once, with what to do instead', async () => {
    const { url, asked } = await serve((_, response) => {
      response.writeHead(404).end();
    });
    await expect(pull(url)).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringMatching(/404/),
      hint: expect.stringMatching(/ad backbone add fetched FILE --normalize 0\.\.1/),
    });
    expect(asked).toHaveLength(1);
  });

  test('gives up on a server that falls silent, keeping what has come', async () => {
    const { url, asked } = await serve((incoming, response) => {
      const from = Number(/\d+/.exec(incoming.headers.range ?? '0')![0]);
      response.writeHead(from > 0 ? 206 : 200, {
        etag: '"v1"',
        'content-length': `${content.length - from}`,
        ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
      });
      response.write(content.subarray(from, from + 100));
    });
    await expect(pull(url, { silenceMs: 300 })).rejects.toMatchObject({ code: 'E_DOWNLOAD' });
    expect(asked.length).toBeGreaterThan(1);
    const part = (await downloads()).find((name) => name.endsWith('.part'))!;
    expect((await readFile(join(dataHome(), 'downloads', part))).length).toBeGreaterThanOrEqual(100);
  });

  test('without a network says which file to bring, and its digest', async () => {
    const { url, server } = await serve(() => {});
    await new Promise((closed) => server.close(closed));
    const [entry] = CATALOGUE as [(typeof CATALOGUE)[number]];
    await expect(pullBackbone(entry.name, { url })).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      hint: expect.stringMatching(
        `${entry.bytes} bytes, SHA-256 ${entry.sha256}.*ad backbone add ${entry.name} FILE --normalize imagenet`,
      ),
    });
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('x', () => controller.abort());
    });
    await expect(pull(url, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('refuses a taken name, an unknown one and an address that is none before it asks anyone', async () => {
    const { url, asked } = await serve((incoming, response) => whole(incoming, response));
    await pull(url);
    await expect(pull(url)).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      hint: expect.stringMatching(/--replace/),
    });
    await expect(pullBackbone('unheard')).rejects.toMatchObject({ hint: expect.stringMatching(/resnet50/) });
    await expect(pull('file:///etc/passwd')).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    await expect(pullBackbone('mobilenetv2', { url })).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    expect(asked).toHaveLength(1);
    await pull(url, { replace: true });
  });

  test('leaves a file that another process is fetching alone, and takes over from one that is gone', async () => {
    const { url } = await serve((incoming, response) => whole(incoming, response));
    const lock = join(dataHome(), 'downloads', `${sha256(new TextEncoder().encode(url))}.part.lock`);
    await mkdir(join(dataHome(), 'downloads'), { recursive: true });
    await writeFile(lock, `${process.ppid}`);
    await expect(pull(url)).rejects.toMatchObject({
      message: expect.stringMatching(`process ${process.ppid}`),
    });
    // No process has the largest number.
    await writeFile(lock, '4194304999');
    expect((await pull(url)).sha256).toBe(digest);
  });
});

describe('a proxy', () => {
  /** A proxy that passes on what it is asked for; undici asks it for a tunnel. */
  async function proxy() {
    const passed: string[] = [];
    const { server, port } = await serve((incoming, response) => {
      passed.push(incoming.url!);
      incoming.pipe(request(incoming.url!, { headers: incoming.headers }, (from) => from.pipe(response)));
    });
    const sockets: Socket[] = [];
    server.on('connect', (incoming, socket: Socket) => {
      passed.push(incoming.url!);
      const [host, at] = incoming.url!.split(':');
      const onward = connect(Number(at), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      sockets.push(socket, onward);
      for (const one of [socket, onward]) one.on('error', () => {});
    });
    stop.unshift(async () => {
      for (const socket of sockets) socket.destroy();
    });
    return { url: `http://127.0.0.1:${port}`, passed };
  }

  test.each([['HTTP_PROXY'], ['http_proxy']])('of %s is used', async (variable) => {
    const { url } = await serve((incoming, response) => whole(incoming, response));
    const through = await proxy();
    vi.stubEnv(variable, through.url);
    expect((await pull(url)).sha256).toBe(digest);
    expect(through.passed).toHaveLength(1);
  });

  test('is passed by where NO_PROXY says so', async () => {
    const { url } = await serve((incoming, response) => whole(incoming, response));
    const through = await proxy();
    vi.stubEnv('HTTP_PROXY', through.url);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect((await pull(url)).sha256).toBe(digest);
    expect(through.passed).toEqual([]);
  });
});

test('every file of the catalogue is pinned and described', () => {
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
  for (const { url, sha256: pinned, bytes } of CATALOGUE) {
    expect(url).toMatch(/^https:\/\/.+\.onnx$/);
    expect(pinned).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(1e6);
  }
});
