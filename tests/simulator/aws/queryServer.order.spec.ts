import assert from "node:assert/strict";
import { RolePermissions } from "../../../simulator/aws/iam";
import type { ApiAction } from "../../../simulator/aws/apiAction";
import { QueryServer } from "../../../simulator/aws/queryServer";
import { Sandbox } from "../../../simulator/runtime/sandbox";
import { createServices, type Services, START_MS } from "./services";

const allowAll = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** Sends a request; prints the date and the body of its answer. */
const PROGRAM = `
exports.send = (endpoint, name) => {
  const { hostname, port } = new URL(endpoint);
  const request = require("http").request({ hostname, port, method: "POST" }, (response) => {
    let body = "";
    response.on("data", (chunk) => (body += chunk));
    response.on("end", () => console.log(response.headers.date + " " + body));
  });
  request.on("error", () => {});
  return () => request.end("Action=DescribeInstances&Version=2016-11-15&Name=" + name);
};`;

interface WireStage {
  services: Services;
  wire: QueryServer;
  /** The names of the requests, in the order in which AWS took them up. */
  names: string[];
  /** Starts a process with the program above; what it prints, and a way to send by it. */
  start: () => {
    sandbox: Sandbox;
    printed: string[];
    open: (name: string) => () => void;
  };
}

/** Runs a test beside a server that knows one action, which answers with a name. */
async function withWire(test: (stage: WireStage) => Promise<void>): Promise<void> {
  const services = createServices();
  const names: string[] = [];
  const describeInstances: ApiAction = {
    mutates: false,
    read(query) {
      const name = query.text("Name");
      names.push(name);
      return { subject: name, resources: () => [], run: () => ({ name }) };
    },
  };
  const wire = new QueryServer({
    ...services,
    rights: new RolePermissions("123456789012", [allowAll]),
    actions: new Map([["2016-11-15", new Map([["DescribeInstances", describeInstances]])]]),
    killFunction: () => undefined,
    freezeFunction: () => undefined,
    readingMs: () => 0,
    fail: (error) => {
      throw error;
    },
  });
  const endpoint = await wire.listen();
  const start = () => {
    const printed: string[] = [];
    const print = (line: string) => printed.push(line);
    const archive = new Map([["main.js", PROGRAM]]);
    const sandbox = new Sandbox(archive, { ...services, environment: {}, print });
    const program = sandbox.load("main") as {
      send: (endpoint: string, name: string) => () => void;
    };
    return { sandbox, printed, open: (name: string) => program.send(endpoint, name) };
  };
  try {
    await test({ services, wire, names, start });
  } finally {
    await wire.close();
  }
}

const answerTo = (name: string) =>
  // The SDK sets its clock by the date.
  "Thu, 01 Jan 2026 00:00:00 GMT " +
  `<DescribeInstancesResponse><requestId>simulated</requestId><name>${name}</name></DescribeInstancesResponse>`;

describe("QueryServer.accept", () => {
  it("takes requests in the order they were sent, whatever order they arrive in", () =>
    withWire(async ({ services: { clock, inFlight }, wire, names, start }) => {
      const { printed, open } = start();
      const [first, second] = [open("first"), open("second")];
      const arrives = inFlight.arrives.bind(inFlight);
      for (const send of [second, first]) {
        await new Promise<void>((resolve) => {
          inFlight.arrives = (number) => {
            arrives(number);
            resolve();
          };
          send();
        });
      }
      wire.accept();
      assert.deepEqual(names, ["first", "second"]);
      while (await clock.step(clock.nowMs + 1_000));
      await inFlight.settle();
      assert.deepEqual([...printed].sort(), [answerTo("first"), answerTo("second")]);
    }));

  it("answers the process that asked, though another stands still or has ended", () =>
    withWire(async ({ services: { clock, inFlight }, wire, start }) => {
      const [asking, frozen, ended] = [start(), start(), start()];
      for (const [index, { open }] of [asking, frozen, ended].entries()) open(String(index))();
      await inFlight.settle();
      wire.accept();
      frozen.sandbox.freeze(1_000);
      ended.sandbox.kill();
      const printed = () => [asking, frozen, ended].map((one) => one.printed.length);
      for (const [untilMs, counts] of [
        [999, [1, 0, 0]],
        [1_000, [1, 1, 0]],
      ] as const) {
        while (await clock.step(START_MS + untilMs));
        await inFlight.settle();
        assert.deepEqual(printed(), counts);
      }
    }));
});
