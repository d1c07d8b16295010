import type { RunId } from '../../../shared/domain/ids.ts';
import { saveText } from '../../components/chart/save-text.ts';
import { client } from '../../transport/connection.ts';

/** A format that a run can be written in. */
export type ExportFormat = Awaited<ReturnType<typeof client.exports.formats>>[number];

/** Reads a run from the host piece by piece and hands it to the browser as a download. Answers with the file's name. */
export async function saveRun(runId: RunId, { id, extension, mediaType }: ExportFormat): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of await client.exports.read({ runId, format: id })) pieces.push(piece);
  const fileName = `${runId}.${extension}`;
  saveText(fileName, mediaType, pieces.join(''));
  return fileName;
}
