// Passes TAP through and turns its last object, `# { total: 3, pass: 3 }`, into one sentence.
// Exits 1 when something failed or when the object never came (the runner died).
import { createInterface } from 'node:readline';

const count = (object, name) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(object)?.[1] ?? 0);

let last = '';
let brokenFiles = 0;
for await (const line of createInterface({ input: process.stdin })) {
  // A log is text: control characters in the name of a test would make it binary.
  console.log(line.replace(/[^\P{Cc}\t]/gu, '\ufffd'));
  // Sub-tests print theirs indented; the run's own stands at the margin.
  if (/^# \{ total: \d+.*\}$/.test(line)) last = line;
  if (/^not ok /.test(line)) brokenFiles++;
}

if (last === '') console.log('# The run ended before its result came.');
// A file that dies without a failing assertion still is a failure.
const failed = last === '' ? Math.max(1, brokenFiles) : Math.max(count(last, 'fail'), brokenFiles);
console.log(`${count(last, 'pass')} passed, ${failed} failed, ${count(last, 'skip') + count(last, 'todo')} skipped`);
if (failed > 0 || count(last, 'pass') === 0) process.exitCode = 1;
