const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'no longer there',
  ENOTDIR: 'no longer there',
  ELOOP: 'symbolic link, not followed',
  EISDIR: 'no regular file',
  ENXIO: 'no regular file',
  ENAMETOOLONG: 'its path is too long',
  EIO: 'the disk failed',
  ENOSPC: 'no room on the disk',
  TIMEOUT: 'it took too long',
  ASK_TIMEOUT: 'it took too long',
  EROFS: 'the disk takes no writes',
}

/** Why a file or folder could not be read or written, in a few words that name no path of this machine. */
export function describeFileFailure(error: unknown, path = ''): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  // Bytes that are no UTF-8 come back from the folder as U+FFFD, and such a name finds no file.
  if (code === 'ENOENT' && path.includes('\uFFFD')) return 'its name is no valid UTF-8'
  if (code !== undefined) return REASONS[code] ?? code
  return error instanceof Error ? error.message : String(error)
}
