/** Long enough for the browser to have opened the file; it says nowhere when it has. */
const keptMs = 60_000;

/** Hands a text to the browser as a download. It is made in the page, so it needs no right that the page's policy denies. */
export function saveText(fileName: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
