// Builds the native tests with AddressSanitizer and UBSan and runs them. Where doctest is missing, they are skipped with
// a line that says so, and everything else still runs.
import { buildTests, hasDoctest, run } from './native_tests.mjs';

if (hasDoctest(process.env.CXX ?? 'c++')) {
  run(buildTests('build-sanitized', ['-DAD_SANITIZE=address,undefined']), []);
} else {
  console.log('native tests skipped: doctest was not found (Debian, Ubuntu: apt-get install doctest-dev)');
}
