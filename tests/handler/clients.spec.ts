import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type AwsCalls, createAwsCalls } from "../../handler/clients";

// What EC2 makes of these calls is played in the simulator; here is what goes over the wire, and how often.

interface Answer {
  status?: number;
  body: string;
}

const ENVIRONMENT = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "AKIATEST",
  AWS_SECRET_ACCESS_KEY: "test",
};

const MADE = `<CreateNetworkInterfaceResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <networkInterface>
    <networkInterfaceId>eni-1</networkInterfaceId>
    <privateIpAddress>10.0.0.9</privateIpAddress>
  </networkInterface>
</CreateNetworkInterfaceResponse>`;

const DONE = `<Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></Response>`;

const FAILED = {
  status: 503,
  body: "<Response><Errors><Error><Code>Unavailable</Code><Message>busy</Message></Error></Errors></Response>",
};

/** The fields of the requests that a call makes of an AWS which gives these answers, and what it comes to. */
async function asked<Result>(
  answers: Answer[],
  call: (aws: AwsCalls) => Promise<Result>,
): Promise<{ requests: Record<string, string>[]; result: Result | Error }> {
  const requests: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push(Object.fromEntries(new URLSearchParams(body)));
      const { status = 200, body: answer } = answers[requests.length - 1] ?? FAILED;
      response.writeHead(status, { "content-type": "text/xml" }).end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const variables = { ...ENVIRONMENT, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    const result = await call(createAwsCalls("pool-tag")).catch((error: unknown) => error as Error);
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

const wanted = {
  subnetId: "subnet-a",
  securityGroupIds: ["sg-1", "sg-2"],
  pool: "second",
  instanceId: "i-a",
  token: "i-a/of/second/1",
};

describe("createAwsCalls", () => {
  it("asks for an interface with its subnet, security groups, tags and the token's digest", async () => {
    const { requests, result } = await asked([{ body: MADE }], (aws) =>
      aws.createNetworkInterface(wanted),
    );
    const [request = {}, ...others] = requests;
    assert.deepEqual(others, []);
    assert.deepEqual(request, {
      Action: "CreateNetworkInterface",
      Version: "2016-11-15",
      SubnetId: "subnet-a",
      "SecurityGroupId.1": "sg-1",
      "SecurityGroupId.2": "sg-2",
      Description: "Made for i-a by a network interface pool",
      ClientToken: createHash("sha256").update("i-a/of/second/1").digest("hex"),
      "TagSpecification.1.ResourceType": "network-interface",
      "TagSpecification.1.Tag.1.Key": "Name",
      "TagSpecification.1.Tag.1.Value": "second",
      "TagSpecification.1.Tag.2.Key": "pool-tag",
      "TagSpecification.1.Tag.2.Value": "second",
      "TagSpecification.1.Tag.3.Key": "network-interface-pool-made-for",
      "TagSpecification.1.Tag.3.Value": "i-a",
    });
    const { NetworkInterfaceId, PrivateIpAddress } = result as Record<string, unknown>;
    assert.deepEqual([NetworkInterfaceId, PrivateIpAddress], ["eni-1", "10.0.0.9"]);
  });

  it("gives EC2 a token of 64 characters, however long the pool's name is", async () => {
    const token = `i-a/of/${"x".repeat(200)}`;
    const { requests } = await asked([{ body: MADE }], (aws) =>
      aws.createNetworkInterface({ ...wanted, token }),
    );
    assert.equal(requests[0]?.ClientToken?.length, 64);
  });

  it("asks again for an interface with the same token when EC2 fails", async () => {
    const { requests, result } = await asked([FAILED, { body: MADE }], (aws) =>
      aws.createNetworkInterface(wanted),
    );
    assert.equal(requests.length, 2);
    assert.deepEqual(requests[1], requests[0]);
    assert.ok(!(result instanceof Error));
  });

  it("lets an attachment end with its instance", async () => {
    const { requests, result } = await asked([{ body: DONE }], (aws) =>
      aws.modifyNetworkInterfaceAttribute({
        NetworkInterfaceId: "eni-1",
        Attachment: { AttachmentId: "attach-1", DeleteOnTermination: true },
      }),
    );
    assert.deepEqual(requests, [
      {
        Action: "ModifyNetworkInterfaceAttribute",
        Version: "2016-11-15",
        NetworkInterfaceId: "eni-1",
        "Attachment.AttachmentId": "attach-1",
        "Attachment.DeleteOnTermination": "true",
      },
    ]);
    assert.equal(result, undefined);
  });

  it("deletes an interface, and tries that once alone, since it may be used meanwhile", async () => {
    const request = {
      Action: "DeleteNetworkInterface",
      Version: "2016-11-15",
      NetworkInterfaceId: "eni-1",
    };
    const deletion = (aws: AwsCalls) => aws.deleteNetworkInterface({ NetworkInterfaceId: "eni-1" });
    const done = await asked([{ body: DONE }], deletion);
    assert.deepEqual(done, { requests: [request], result: undefined });
    const { requests, result } = await asked([FAILED, { body: DONE }], deletion);
    assert.deepEqual(requests, [request]);
    assert.ok(result instanceof Error);
    assert.equal(result.name, "Unavailable");
  });
});
