import { defineReportWriter } from '../report-writer.ts';

/** Lines that go into one piece of text. */
const BATCH = 2_048;

/** JSON Lines: the run without samples on the first line, then one sample a line, for tools that read streams. */
export const jsonlWriter = defineReportWriter({
  id: 'jsonl',
  extension: 'jsonl',
  mediaType: 'application/jsonl',
  *write(source) {
    yield `${JSON.stringify(source.head)}\n`;
    for (const cell of source.head.cells) {
      for (const { process, samples } of source.series(cell)) {
        const { scheduledNs, issuedNs, completedNs } = samples;
        for (let start = 0; start < issuedNs.length; start += BATCH) {
          let text = '';
          for (let i = start; i < Math.min(start + BATCH, issuedNs.length); i += 1) {
            const scheduled = scheduledNs === null ? 'null' : String(scheduledNs[i]);
            text +=
              `{"cell":${cell.index},"process":${process},"sample":${i},"scheduledNs":${scheduled},` +
              `"issuedNs":${issuedNs[i]},"completedNs":${completedNs[i]}}\n`;
          }
          yield text;
        }
      }
    }
  },
});
