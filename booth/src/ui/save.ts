// Saving bytes as a file: by a link to memory, so that no server sees them.

/**
 * Offers bytes for saving.
 *
 * @param name - of the file; characters that a file system dislikes are replaced.
 */
export function saveFile(name: string, content: Uint8Array | string): void {
  const blob = new Blob([typeof content === "string" ? content : content.slice().buffer], {
    type: "application/octet-stream",
  });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, "-");
  link.click();
  // The browser has taken the bytes by then; a shorter wait has been seen to cancel the download.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
