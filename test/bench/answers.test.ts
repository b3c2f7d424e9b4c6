/** The load finds where an answer ends, however it is cut into pieces. */
import fc from 'fast-check';
import t from 'tap';
import { createAnswerReader } from '../../bench/load/answers.ts';

const sized = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"a":"\r\n\r\n"}';
const empty = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab\r\nc\r\nA\r\n0123456789\r\n0\r\n\r\n';

t.test('an answer is whole at its last byte and not before', async (t) => {
  const cuts = fc.array(fc.nat(120), { maxLength: 8 });
  for (const answer of [sized, empty, chunked]) {
    fc.assert(
      fc.property(cuts, (places) => {
        const reader = createAnswerReader();
        const bytes = Buffer.from(answer + answer);
        const ends = [answer.length, bytes.length, ...places.filter((place) => place < bytes.length)].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          if (end === from) continue;
          if (reader.take(bytes.subarray(from, end)) !== (end % answer.length === 0)) return false;
          from = end;
        }
        return reader.bytes === bytes.length;
      }),
    );
  }
  t.pass();
});

t.test('any other status ends the run with what the server said', async (t) => {
  const refusal = Buffer.from('HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 5\r\n\r\nwrong');
  t.throws(() => createAnswerReader().take(refusal), /422 Unprocessable Entity.*wrong/s);
});
