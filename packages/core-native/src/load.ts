import { createRequire } from 'node:module';
import type { Addon } from './addon.js';
import { AdError } from './errors.js';

const require = createRequire(import.meta.url);

/** Name of the per-platform package that carries this machine's addon, for example `linux-x64-gnu`. */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `${platform}-${arch}-${report.header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
}

// Literal requires, so that bundlers see which files there are. A local build wins over an installed package.
const localBuild = (): Addon => require('../prebuilt/ad_core.node');
const platformPackages: Record<string, () => Addon> = {
  'linux-x64-gnu': () => require('@ad/core-native-linux-x64-gnu'),
};

function loadFailure(name: string, causes: unknown[]): AdError {
  const reasons = causes.map((cause) =>
    cause instanceof Error ? cause.message.split('\n')[0] : String(cause),
  );
  return new AdError(
    'E_NATIVE_LOAD',
    `The native addon for ${name} could not be loaded.\n${reasons.map((r) => `  - ${r}`).join('\n')}`,
    [
      'Possible solutions:',
      '- In a checkout: pnpm build (needs a C++17 compiler and CMake >= 3.22)',
      `- As an installed package: add @ad/core-native-${name}; do not install with --omit=optional or --no-optional,`,
      '  and make the lockfile on this platform or let it cover this one (pnpm: supportedArchitectures)',
      '- Copied node_modules from another machine: install again here',
      name.startsWith('linux') ? '- The C library must be glibc 2.34 or newer for the prebuilt addon' : '',
    ]
      .filter(Boolean)
      .join('\n'),
    { cause: causes[0] },
  );
}

function load(): Addon {
  const name = platformName();
  const causes: unknown[] = [];
  for (const candidate of [localBuild, platformPackages[name]]) {
    try {
      if (candidate) return candidate();
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw loadFailure(name, causes);
}

let loaded: Addon | undefined;

/** The addon, loaded at the first call that needs it, so that importing the package never fails. */
export function addon(): Addon {
  if (loaded) return loaded;
  const candidate = load();
  const { error } = candidate.cpu();
  if (error) throw new AdError('E_ARGUMENT', `${error}.`, 'Unset AD_SIMD_LEVEL or set it to one of these.');
  loaded = candidate;
  return loaded;
}
