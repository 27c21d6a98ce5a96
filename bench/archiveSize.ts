import * as fs from "node:fs";
import * as path from "node:path";
import { deflateRawSync } from "node:zlib";

/** A file's two headers in a zip file, and once its end, without the names. */
const ZIP_BYTES_PER_FILE = 30 + 46;
const ZIP_BYTES_AT_END = 22;

/** What the files of a folder come to. */
export interface Weight {
  files: number;
  bytes: number;
  /** As a zip file: what is uploaded. */
  zippedBytes: number;
}

export function weigh(folder: string): Weight {
  const entries = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const weight: Weight = { files: files.length, bytes: 0, zippedBytes: ZIP_BYTES_AT_END };
  for (const { parentPath, name } of files) {
    const file = path.join(parentPath, name);
    const content = fs.readFileSync(file);
    const nameBytes = Buffer.byteLength(path.relative(folder, file));
    weight.bytes += content.length;
    weight.zippedBytes += deflateRawSync(content).length + ZIP_BYTES_PER_FILE + 2 * nameBytes;
  }
  return weight;
}
