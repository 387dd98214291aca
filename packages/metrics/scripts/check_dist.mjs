// What a consumer gets: the built package, imported and required by its name, with types, without Node built-ins.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as imported from '@ad/metrics';

const dist = new URL('../dist/', import.meta.url);
const required = createRequire(import.meta.url)('@ad/metrics');

assert.deepEqual(
  Object.keys(required).sort(),
  Object.keys(imported).sort(),
  'ESM and CJS export the same names',
);
for (const { auroc, MetricError } of [imported, required]) {
  assert.deepEqual(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), { defined: true, value: 0.75 });
  assert.throws(() => auroc([Number.NaN], [1]), MetricError);
}
assert.notEqual(imported.auroc, required.auroc, 'CJS is a build of its own: Node 20 cannot require ESM');

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const { types, default: code } of Object.values(exports['.'])) {
  for (const path of [types, code])
    assert.ok(existsSync(new URL(`../${path}`, import.meta.url)), `${path} exists`);
}

const specifiers = (file) =>
  [...readFileSync(new URL(file, dist), 'utf8').matchAll(/^(?:import|export) .*from '(.+)';$/gm)].map(
    (m) => m[1],
  );
const modules = readdirSync(dist).filter((file) => file.endsWith('.js'));
for (const file of modules) {
  for (const name of specifiers(file))
    assert.match(name, /^\.\/\w+\.js$/, `${file} imports its own package only`);
}

// Tree-shaking: modules without side effects, and a small metric that reaches few of them.
const reached = new Set();
const visit = (file) => {
  if (reached.has(file)) return;
  reached.add(file);
  for (const name of specifiers(file)) visit(name.slice(2));
};
visit('auroc.js');
assert.deepEqual([...reached].sort(), ['auroc.js', 'errors.js', 'result.js', 'scores.js', 'sort_floats.js']);

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
for (const name of Object.keys(imported)) {
  assert.match(readme, new RegExp(`^\\| \`${name}\` +\\|`, 'm'), `README.md explains ${name}`);
}

console.log(
  `${Object.keys(imported).length} exports, the same from import and require; auroc loads ${reached.size} files`,
);
