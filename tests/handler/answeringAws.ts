import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type AwsCalls, createAwsCalls, type Transport } from "../../handler/clients";

export interface Answer {
  status?: number;
  body: string;
  /** What becomes of the second half of the body. */
  half?: "never comes" | "is lost";
}

const ENVIRONMENT = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "AKIATEST",
  AWS_SECRET_ACCESS_KEY: "test",
};

export const DONE = `<Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></Response>`;

export const FAILED = {
  status: 503,
  body: "<Response><Errors><Error><Code>Unavailable</Code><Message>busy</Message></Error></Errors></Response>",
};

function give({ status = 200, body, half }: Answer, response: ServerResponse): void {
  response.writeHead(status, { "content-type": "text/xml", "content-length": body.length });
  if (half === undefined) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, body.length / 2), () => {
    if (half === "is lost") response.destroy();
  });
}

/**
 * The fields of the requests that a call makes of an AWS which gives these answers, and what it comes to.
 *
 * @param over what is done to the SDK's clients
 */
export async function asked<Result>(
  answers: Answer[],
  call: (aws: AwsCalls) => Promise<Result>,
  over?: Transport,
): Promise<{ requests: Record<string, string>[]; result: Result | Error }> {
  const requests: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push(Object.fromEntries(new URLSearchParams(body)));
      give(answers[requests.length - 1] ?? FAILED, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const variables = { ...ENVIRONMENT, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    const result = await call(createAwsCalls("pool-tag", over)).catch(
      (error: unknown) => error as Error,
    );
    return { requests, result };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    server.closeAllConnections();
    server.close();
  }
}

export function ec2Answer(call: string, content: string): string {
  return `<${call}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>${content}</${call}Response>`;
}

export function autoScalingAnswer(call: string, content: string): string {
  const result = `<${call}Result>${content}</${call}Result>`;
  const metadata = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>";
  return `<${call}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">${result}${metadata}</${call}Response>`;
}

export const HTML = "<!DOCTYPE html><html><body>Please come back later</body></html>";

export function assertIncomplete(result: unknown, call: string, part: string): void {
  assert.ok(result instanceof Error);
  assert.equal(result.name, "IncompleteAnswer");
  assert.equal(result.message, `the answer to ${call} has no ${part}`);
}
