import assert from "node:assert/strict";
import * as http from "node:http";
import { RolePermissions } from "../../../simulator/aws/iam";
import type { ApiAction } from "../../../simulator/aws/apiAction";
import { QueryServer } from "../../../simulator/aws/queryServer";
import { NUMBER_HEADER } from "../../../simulator/runtime/inFlight";
import { createServices } from "./services";

const allowAll = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** Sends a request; gives the date and the body of its answer. */
function send(
  endpoint: string,
  name: string,
  number: number,
): Promise<{ date: string | undefined; body: string }> {
  const headers = { [NUMBER_HEADER]: String(number) };
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, { method: "POST", headers }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => {
        resolve({ date: response.headers.date, body });
      });
    });
    request.on("error", reject);
    request.end(`Action=DescribeInstances&Version=2016-11-15&Name=${name}`);
  });
}

describe("QueryServer.accept", () => {
  it("takes requests in the order they were sent, whatever order they arrive in", async () => {
    const services = createServices();
    const { clock, inFlight } = services;
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
      resumeFunction: (run) => {
        run();
      },
      fail: (error) => {
        throw error;
      },
    });
    const endpoint = await wire.listen();
    try {
      const arrives = inFlight.arrives.bind(inFlight);
      const arrival = () =>
        new Promise<void>((resolve) => {
          inFlight.arrives = (number) => {
            arrives(number);
            resolve();
          };
        });
      const secondArrives = arrival();
      const second = send(endpoint, "second", 2);
      await secondArrives;
      const firstArrives = arrival();
      const first = send(endpoint, "first", 1);
      await firstArrives;
      wire.accept();
      assert.deepEqual(names, ["first", "second"]);
      while (await clock.step(clock.nowMs + 1_000));
      const [one, two] = await Promise.all([first, second]);
      const xml = (name: string) =>
        `<DescribeInstancesResponse><requestId>simulated</requestId><name>${name}</name></DescribeInstancesResponse>`;
      assert.deepEqual([one.body, two.body], [xml("first"), xml("second")]);
      // The SDK sets its clock by this header.
      assert.equal(one.date, "Thu, 01 Jan 2026 00:00:00 GMT");
    } finally {
      await wire.close();
    }
  });
});
