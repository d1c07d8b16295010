interface Place {
  row: number;
  column: number;
}

/** Where a key leads in a grid; null: it leads nowhere. Home and End go along the row. */
export function nextPlace(
  key: string,
  { row, column }: Place,
  { rows, columns }: { rows: number; columns: number },
): Place | null {
  switch (key) {
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(columns - 1, column + 1) };
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(rows - 1, row + 1), column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: columns - 1 };
    default:
      return null;
  }
}
