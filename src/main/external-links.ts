const allowedProtocols: readonly string[] = ['https:', 'mailto:'];
const longestLink = 2_048;

/**
 * The address to hand to the system's browser or mail program; null for everything that could start another program,
 * hide where it leads, or carry a password.
 */
export function parseExternalLink(link: string): string | null {
  if (link.length > longestLink || /[\s\p{Cc}]/u.test(link) || !URL.canParse(link)) return null;
  const { protocol, hostname, username, password, href } = new URL(link);
  if (!allowedProtocols.includes(protocol) || username !== '' || password !== '') return null;
  return protocol === 'https:' && hostname === '' ? null : href;
}
