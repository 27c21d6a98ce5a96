import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Mistake } from "./mistakes";

/** EC2 takes 16 KB before base64. */
const MAX_USER_DATA_BYTES = 16_384;

/** So far cloud-init looks for the header of a document of several parts. */
const MIME_SEARCH_LENGTH = 4_096;

const LONGEST_ADDRESS = "255.255.255.255";

const GUEST_FOLDER = path.join(__dirname, "..", "guest");

/** What tells an instance which interface to wait for. */
export interface AwaitedPool {
  name: string;
  /** The key of the tag that names the instance's pools. */
  tagKey: string;
  /** In slot order. */
  addresses: string[];
}

/**
 * Writes user data that waits for the pool's address before anything of the user's own runs: a multipart
 * document with a boothook for cloud-init, and with what the user wrote, which means what it means alone.
 */
export function writeUserData(pool: AwaitedPool, userData: string | undefined): string {
  const parts = [writePart("text/cloud-boothook", writeBoothook(pool))];
  // To text/plain cloud-init gives the type that the first line tells.
  if (userData !== undefined) {
    parts.push(isMimeDocument(userData) ? userData : writePart("text/plain", userData));
  }
  const digest = createHash("sha256").update(parts.join("")).digest("hex");
  // Made of the content: in nothing that it separates, and the same at every deployment.
  const boundary = `network-interface-pool-${digest.slice(0, 16)}`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n`,
    ...parts.map((part) => `--${boundary}\n${part}`),
    `--${boundary}--\n`,
  ].join("\n");
}

/**
 * Finds whether a group's user data is too large for EC2.
 *
 * @param pool with {@link unknownAddresses} where they aren't known
 */
export function checkUserData(
  group: { userData?: unknown; waitForAddress?: boolean },
  pool: AwaitedPool,
): Mistake[] {
  const { userData, waitForAddress } = group;
  const text = typeof userData === "string" ? userData : undefined;
  const bytes = Buffer.byteLength(
    waitForAddress === true ? writeUserData(pool, text) : (text ?? ""),
  );
  if (bytes <= MAX_USER_DATA_BYTES) return [];
  const limit = `and EC2 takes ${MAX_USER_DATA_BYTES}`;
  if (text === undefined) {
    const message = `needs ${bytes} bytes of user data for this pool, ${limit}; write false, or a smaller pool`;
    return [{ path: ["waitForAddress"], message }];
  }
  const found = waitForAddress === true ? "makes, with waitForAddress," : "has";
  const wanted = `write ${bytes - MAX_USER_DATA_BYTES} fewer`;
  return [{ path: ["userData"], message: `${found} ${bytes} bytes, ${limit}; ${wanted}` }];
}

/** As long as so many addresses can be. */
export function unknownAddresses(count: number): string[] {
  return Array.from({ length: count }, () => LONGEST_ADDRESS);
}

function writeBoothook({ name, tagKey, addresses }: AwaitedPool): string {
  const contents: Record<string, string> = {
    POOLS: addresses.length === 0 ? "" : `${addresses.join(",")} ${name}`,
    WAIT_FOR_ADDRESS: readGuestFile("wait-for-address.sh").trimEnd(),
    SERVICE: readGuestFile("network-interface-pool.service").trimEnd().replace("TAG_KEY", tagKey),
  };
  return readGuestFile("install.sh").replaceAll(
    /^[A-Z_]+$/gm,
    (placeholder) => contents[placeholder] ?? placeholder,
  );
}

/** Without comments, to leave the user's own the room. */
function readGuestFile(name: string): string {
  const text = readFileSync(path.join(GUEST_FOLDER, name), "utf8");
  return text.replaceAll(/^ *#(?!!).*\n/gm, "");
}

/** One that has headers and parts of its own becomes a part as it is; this is how cloud-init tells. */
function isMimeDocument(userData: string): boolean {
  return /mime-version:/i.test(userData.slice(0, MIME_SEARCH_LENGTH));
}

function writePart(type: string, text: string): string {
  // cloud-init reads 8bit as Latin-1.
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const encoded = isAscii ? text : Buffer.from(text).toString("base64");
  return [
    `Content-Type: ${type}; charset="utf-8"`,
    `Content-Transfer-Encoding: ${isAscii ? "7bit" : "base64"}`,
    "",
    encoded,
  ].join("\n");
}
