import { expect, test } from 'vitest';
import { inOrder } from './embed.js';

test('the first channels of an embedding are spread over all of them', () => {
  const chosen = [2, 3, 5, 7, 11, 13, 17];
  expect(inOrder(chosen, 3)).toEqual([2, 5, 11, 3, 7, 13, 17]);
  expect(inOrder(chosen, 1)).toEqual(chosen);
  expect(inOrder(chosen, 7)).toEqual(chosen);
  expect(inOrder(chosen, 6)).toEqual([2, 3, 5, 7, 11, 13, 17]);
});
