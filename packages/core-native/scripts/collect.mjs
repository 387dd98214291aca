// Puts the addon that was built here into the package of this platform, npm/<platform>, ready to be published.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NapiCli } from '@napi-rs/cli';
import { platformName } from '../dist/load.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const addon = `ad_core.${platformName()}.node`;
const artifacts = mkdtempSync(join(tmpdir(), 'ad-artifacts-'));
try {
  copyFileSync(join(root, 'prebuilt', 'ad_core.node'), join(artifacts, addon));
  await new NapiCli().artifacts({ cwd: root, outputDir: artifacts, npmDir: 'npm' });
} finally {
  rmSync(artifacts, { recursive: true, force: true });
  // A second copy that napi leaves for loaders of its own.
  rmSync(join(root, addon), { force: true });
}
