import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mock } from "node:test";
import { type AwsCalls, createLog } from "../../handler/clients";
import { asked, assertIncomplete, DONE, ec2Answer, FAILED, HTML } from "./answeringAws";

// What EC2 makes of these calls is played in the simulator; here is what goes over the wire, and how often.

const MADE = `<CreateNetworkInterfaceResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <networkInterface>
    <networkInterfaceId>eni-1</networkInterfaceId>
    <privateIpAddress>10.0.0.9</privateIpAddress>
  </networkInterface>
</CreateNetworkInterfaceResponse>`;

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

describe("createAwsCalls, for an attachment", () => {
  const ATTACHED = ec2Answer(
    "AttachNetworkInterface",
    "<attachmentId>eni-attach-1</attachmentId><networkCardIndex>0</networkCardIndex>",
  );
  const plain = {
    NetworkInterfaceId: "eni-1",
    InstanceId: "i-1",
    DeviceIndex: 1,
    NetworkCardIndex: 0,
  };
  const request = {
    Action: "AttachNetworkInterface",
    Version: "2016-11-15",
    NetworkInterfaceId: "eni-1",
    InstanceId: "i-1",
    DeviceIndex: "1",
    NetworkCardIndex: "0",
  };

  it("says its place, network card 0 included", async () => {
    const attachment = (aws: AwsCalls) => aws.attachNetworkInterface(plain);
    const { requests, result } = await asked([{ body: ATTACHED }], attachment);
    assert.deepEqual([requests, result], [[request], undefined]);
  });

  it("says ENA Express and the count of queues", async () => {
    const { requests } = await asked([{ body: ATTACHED }], (aws) =>
      aws.attachNetworkInterface({
        ...plain,
        EnaSrdSpecification: {
          EnaSrdEnabled: true,
          EnaSrdUdpSpecification: { EnaSrdUdpEnabled: true },
        },
        EnaQueueCount: 4,
      }),
    );
    const ena = {
      "EnaSrdSpecification.EnaSrdEnabled": "true",
      "EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled": "true",
      EnaQueueCount: "4",
    };
    assert.deepEqual(requests, [{ ...request, ...ena }]);
  });

  for (const body of [HTML, ""]) {
    it(`doesn't take "${body}" for done, nor for an interface that was made`, async () => {
      const attached = await asked([{ body }], (aws) => aws.attachNetworkInterface(plain));
      assertIncomplete(attached.result, "AttachNetworkInterface", "AttachmentId");
      const made = await asked([{ body }], (aws) => aws.createNetworkInterface(wanted));
      assertIncomplete(made.result, "CreateNetworkInterface", "NetworkInterface");
    });
  }
});

describe("createLog", () => {
  it("writes the request's id into every line, and nothing else of the function", () => {
    const chunks: string[] = [];
    const log = createLog();
    mock.method(process.stdout, "write", (chunk: string) => chunks.push(chunk) > 0);
    mock.method(process.stderr, "write", (chunk: string) => chunks.push(chunk) > 0);
    try {
      const first = log.forRequest("request-1");
      first.info("attach", { action: { kind: "attach" } });
      log.forRequest("request-2").warn("later");
      first.error("late");
    } finally {
      mock.restoreAll();
    }
    const lines = chunks.map((chunk) => JSON.parse(chunk) as Record<string, unknown>);
    const common = { service: "network-interface-manager", sampling_rate: 0 };
    assert.deepEqual(
      lines.map(({ timestamp, ...line }) => ({ ...line, timestamp: typeof timestamp })),
      [
        {
          ...common,
          level: "INFO",
          message: "attach",
          function_request_id: "request-1",
          action: { kind: "attach" },
        },
        { ...common, level: "WARN", message: "later", function_request_id: "request-2" },
        { ...common, level: "ERROR", message: "late", function_request_id: "request-1" },
      ].map((line) => ({ ...line, timestamp: "string" })),
    );
  });
});
