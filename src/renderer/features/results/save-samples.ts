import { tableToCsv } from '../../../shared/charts/csv.ts';
import type { CellId } from '../../../shared/domain/ids.ts';
import { saveText } from '../../components/chart/save-text.ts';
import { client } from '../../transport/connection.ts';
import { toSamples, type Sample } from './use-samples.ts';

const pageSize = 10_000;

/** Reads all samples of one engine process and hands them to the browser as a CSV file, stamps in full. */
export async function saveSamples(cellId: CellId, process: number): Promise<void> {
  const samples: Sample[] = [];
  for (let total = Infinity; samples.length < total;) {
    const page = await client.results.samples({ cellId, process, offset: samples.length, limit: pageSize });
    total = page.n;
    if (page.issuedNs.length === 0) break;
    samples.push(...toSamples(page, samples.length));
  }
  const columns = ['Scheduled', 'Issued', 'Completed', 'Latency'].map((label) => ({ label, unit: 'ns' }));
  const text = tableToCsv({
    columns: [{ label: 'Query', unit: null }, ...columns],
    rows: samples.map(({ query, scheduledNs, issuedNs, completedNs, latencyNs }) => [
      query,
      scheduledNs,
      issuedNs,
      completedNs,
      latencyNs,
    ]),
  });
  saveText(`${cellId}-process-${process + 1}-samples.csv`, 'text/csv;charset=utf-8', text);
}
