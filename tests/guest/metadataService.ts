/**
 * The instance metadata service as AWS documents it, version 2 alone: a session token first, by PUT and with a
 * time to live; without one every GET is 401, and what there is not is 404. Lists end no line after the last entry.
 * It runs in a process of its own, in the network of the instance, on the service's own address.
 *
 *   metadataService TREE_FILE LOG_FILE
 *
 * TREE_FILE is read anew for every request: objects are lists, text is what there is. LOG_FILE gets a line for
 * every request: method, path, status.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const ADDRESS = "169.254.169.254";
const TOKEN_PATH = "/latest/api/token";
const TOKEN_HEADER = "x-aws-ec2-metadata-token";
const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
const MAX_TTL_SECONDS = 21_600;

const [, , treeFile = "", logFile = ""] = process.argv;
/** Until when each token counts, in milliseconds. */
const expiryByToken = new Map<string, number>();

function giveToken(request: IncomingMessage): [status: number, body: string] {
  if (request.headers["x-forwarded-for"] !== undefined) return [403, "Forbidden"];
  const ttlSeconds = Number(request.headers[TTL_HEADER]);
  if (!(ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS)) return [400, "Bad Request"];
  const token = `AQAEAtoken${expiryByToken.size}==`;
  expiryByToken.set(token, performance.now() + ttlSeconds * 1000);
  return [200, token];
}

function giveMetadata(request: IncomingMessage): [status: number, body: string] {
  const token = String(request.headers[TOKEN_HEADER]);
  if (performance.now() > (expiryByToken.get(token) ?? 0)) return [401, "Unauthorized"];
  const steps = (request.url ?? "").split("/").filter((step) => step !== "");
  let found: unknown = JSON.parse(readFileSync(treeFile, "utf8"));
  for (const step of steps) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) {
      return [404, "Not Found"];
    }
    found = Reflect.get(found, step);
  }
  return [200, typeof found === "string" ? found : listOf(found)];
}

function listOf(found: unknown): string {
  return Object.entries(found ?? {})
    .map(([name, inner]) => (typeof inner === "string" ? name : `${name}/`))
    .join("\n");
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const isForToken = request.method === "PUT" && request.url === TOKEN_PATH;
  const [status, body] = isForToken ? giveToken(request) : giveMetadata(request);
  appendFileSync(logFile, `${String(request.method)} ${String(request.url)} ${status}\n`);
  response.writeHead(status, { "content-type": "text/plain", server: "EC2ws" }).end(body);
}

createServer(answer).listen(80, ADDRESS, () => process.stdout.write("ready\n"));
