// Passes TAP through and turns its last object, `# { total: 3, pass: 3 }`, into one sentence, behind the assertions that failed.
// Exits 1 when something failed or when the object never came (the runner died).
import { createInterface } from 'node:readline';
import { coverageLine, forgetCoverage } from './coverage.mjs';

const count = (object, name) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(object)?.[1] ?? 0);

let last = '';
let brokenFiles = 0;
// The open sub-tests, outermost first: each is indented by four more than the one around it.
const path = [];
const failures = [];
await forgetCoverage();
for await (const line of createInterface({ input: process.stdin })) {
  // A log is text: control characters in the name of a test would make it binary.
  const clean = line.replace(/[^\P{Cc}\t]/gu, '\ufffd');
  console.log(clean);
  const [, indent = '', opened, failed] = /^((?: {4})*)(?:# Subtest: (.*)|not ok \d+ - (.*))$/.exec(clean) ?? [];
  const depth = indent.length / 4;
  if (opened !== undefined) path.splice(depth, path.length, opened);
  // A sub-test that failed as a whole says nothing new.
  if (failed !== undefined && !failed.startsWith(`${path[depth]} # time=`)) failures.push([...path.slice(0, depth), failed].join(' > '));
  // Sub-tests print their own object indented; the run's own stands at the margin.
  if (/^# \{ total: \d+.*\}$/.test(line)) last = line;
  if (/^not ok /.test(line)) brokenFiles++;
}

if (last === '') console.log('# The run ended before its result came.');
for (const failure of failures) console.log(`# failed: ${failure}`);
const coverage = await coverageLine().catch((error) => `# no coverage: ${error.message}`);
if (coverage !== undefined) console.log(coverage);
// A file that dies without a failing assertion still is a failure.
const failed = last === '' ? Math.max(1, brokenFiles) : Math.max(count(last, 'fail'), brokenFiles);
console.log(`${count(last, 'pass')} passed, ${failed} failed, ${count(last, 'skip') + count(last, 'todo')} skipped`);
if (failed > 0 || count(last, 'pass') === 0) process.exitCode = 1;
