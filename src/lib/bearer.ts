/** The token of an Authorization header. */

/** What stands behind `Bearer`, where there is such a header. */
export function bearerOf({ authorization }: { readonly authorization?: string | undefined }): string | undefined {
  return /^bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]?.trim();
}
