import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addPreprocessOptions, layersOption, memorySize, preprocessOf, whole } from './options.js';

const parse = (args: string[]) =>
  preprocessOf(addPreprocessOptions(new Command()).exitOverride().parse(args, { from: 'user' }).opts());

describe('preprocessing', () => {
  test("is the method's own where it is not told", () => {
    expect(parse([])).toEqual({});
    expect(parse(['--image-size', '128'])).toEqual({ imageSize: 128 });
  });

  test('without a crop is without one', () => {
    expect(parse(['--crop', 'none', '--resize', 'pad', '--image-size', '320'])).toEqual({
      resize: 'pad',
      imageSize: 320,
      crop: null,
    });
  });
});

test.each([
  ['800MB', 800e6],
  ['2.5 gb', 2.5e9],
])('%s is %d bytes', (text, bytes) => expect(memorySize(text)).toBe(bytes));

test.each(['', '800', '0MB', '-1GB', '1TB', 'GB'])('%j is no amount of memory', (text) => {
  expect(() => memorySize(text)).toThrow(/800MB or 2.5GB/);
});

test.each(['', '1.5', '-1', 'x', '1e99'])('%j is not a whole number from 0', (text) => {
  expect(() => whole(0)(text)).toThrow(/at least 0/);
});

test('layers come between commas, spaces or none', () => {
  const command = new Command().addOption(layersOption()).parse(['--layers', 'a, b,,c'], { from: 'user' });
  expect(command.opts().layers).toEqual(['a', 'b', 'c']);
});
