import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Dataset, Sample } from '../data/index.js';
import { sha256 } from '../digest.js';
import { maskFiles } from '../image/index.js';

/** What a data set is recognised by: changes with the contents and names of files, and with what they are for. */
export interface DataPrint {
  /** Of all that is learned from or tested on, however it is split. */
  data: string;
  /** Of the split, too. */
  split: string;
}

/** Files read at once. */
const TOGETHER = 16;

/** Reads each file once, however many seeds split them. */
export class DataPrints {
  readonly #digests = new Map<string, Promise<string>>();

  async of({ root, train, test, defectsConfig }: Dataset): Promise<DataPrint> {
    const lines: string[] = [];
    const samples = [...train, ...test];
    for (let i = 0; i < samples.length; i += TOGETHER) {
      lines.push(
        ...(await Promise.all(samples.slice(i, i + TOGETHER).map((sample) => this.#line(root, sample)))),
      );
    }
    const config = defectsConfig === null ? 'none' : await this.#digest(defectsConfig);
    return {
      data: digestOf([config, ...lines.toSorted()]),
      split: digestOf([config, train.length, ...lines]),
    };
  }

  async #line(root: string, { path, label, mask }: Sample): Promise<string> {
    const masks = mask === null ? [] : await maskFiles(mask).catch(() => [mask]);
    const files = [path, ...masks];
    const named = files.map(async (file) => `${relative(root, file)} ${await this.#digest(file)}`);
    return [label, ...(await Promise.all(named))].join(' ');
  }

  /** A file that cannot be read is one more state of it: its cell will say why. */
  #digest(file: string): Promise<string> {
    const known = this.#digests.get(file) ?? readFile(file).then(sha256, () => 'unreadable');
    this.#digests.set(file, known);
    return known;
  }
}

function digestOf(lines: readonly (string | number)[]): string {
  return sha256(Buffer.from(lines.join('\n')));
}
