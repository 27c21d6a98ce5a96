import * as pulumi from "@pulumi/pulumi";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { NotModelled } from "../aws/awsError";
import type { Archive } from "../runtime/sandbox";

/** The files of the function's archive, just as they would be uploaded. */
export async function archiveOf(name: string, code: unknown): Promise<Archive> {
  if (!(code instanceof pulumi.asset.AssetArchive))
    throw new NotModelled(`the function ${name} without an archive of its code`);
  const files = new Map<string, string>();
  for (const [path, asset] of Object.entries(await code.assets)) {
    if (asset instanceof pulumi.asset.StringAsset) files.set(path, await asset.text);
    else if (asset instanceof pulumi.asset.FileAsset) {
      files.set(path, readFileSync(await asset.path, "utf8"));
    } else throw new NotModelled(`a folder in the archive (${path})`);
  }
  return files;
}

/** Unpacks an archive into a folder, which is made where it isn't there. */
export function writeArchive(archive: Archive, folder: string): void {
  for (const [name, text] of archive) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
