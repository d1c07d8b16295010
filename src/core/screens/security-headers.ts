/**
 * Headers of every answer that a page gets, whatever host serves it. Nothing may be loaded from elsewhere, framed, or
 * read by another page; there is no CORS header on purpose. Styles need a nonce where a library writes them into the
 * document.
 */
export function securityHeaders(nonce: string): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    // Answers may hold results, which belong in no cache; hashed files of the build say otherwise.
    'Cache-Control': 'no-store',
  };
}

/** Cache-Control of files that the build names after their content. */
export const hashedFileCaching = 'private, max-age=31536000, immutable';
