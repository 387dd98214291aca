import { AdError } from '@ad/core-native';
import type { z } from 'zod';

/**
 * Fills in a method's defaults and refuses what cannot be used.
 *
 * @param method - its name as a person writes it
 * @throws AdError E_ARGUMENT, naming the setting
 */
export function parseSettings<Settings>(
  method: string,
  schema: z.ZodType<Settings>,
  given: unknown,
): Settings {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new AdError(
    'E_ARGUMENT',
    `${method} setting ${issue.path.join('.') || '(unknown)'}: ${issue.message}.`,
  );
}
