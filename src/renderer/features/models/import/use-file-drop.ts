import { useWindowEvent } from '@mantine/hooks';
import { useState } from 'react';
import { importFiles, refuseFolder } from './import-queue.ts';

/** Takes files that are dropped anywhere on the page; answers whether some are held over it. */
export function useFileDrop(onDrop: () => void): boolean {
  const [dragging, setDragging] = useState(false);
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    // A file that nothing takes is opened by the browser in place of the page.
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    setDragging(true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) setDragging(false);
  };
  const drop = (event: DragEvent): void => {
    setDragging(false);
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    receive(event.dataTransfer);
    onDrop();
  };
  useWindowEvent('dragenter', over);
  useWindowEvent('dragover', over);
  useWindowEvent('dragleave', leave);
  useWindowEvent('drop', drop);
  return dragging;
}

/** A folder comes as a file without content; only its entry tells. */
function receive({ items, files }: DataTransfer): void {
  const folders = new Set(
    [...items].flatMap((item) => {
      const entry = item.webkitGetAsEntry();
      return entry?.isDirectory === true ? [entry.name] : [];
    }),
  );
  for (const name of folders) refuseFolder(name);
  importFiles([...files].filter(({ name }) => !folders.has(name)));
}
