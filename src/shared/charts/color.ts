/**
 * The colour that `color` has on `background` when it covers so much of it, 0..1; both as #RRGGBB. For marks that carry
 * text: the opacity of a mark would fade its text too.
 */
export function blend(color: string, background: string, cover: number): string {
  const [over, under] = [channelsOf(color), channelsOf(background)];
  const mixed = over.map((channel, index) => Math.round(cover * channel + (1 - cover) * under[index]!));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
