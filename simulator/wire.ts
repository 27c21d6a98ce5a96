import XMLBuilder from "fast-xml-builder";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { AUTO_SCALING_VERSION } from "./autoScalingApi";
import { AwsError, NotModelled } from "./awsError";
import type { Clock } from "./clock";
import { EC2_VERSION } from "./ec2Api";
import type { Journal } from "./journal";
import { Query } from "./query";
import type { Random } from "./random";
import type { Resource, Rights } from "./rights";
import { httpTime } from "./time";
import type { Timings } from "./timings";
import type { Traffic } from "./traffic";

/** The header that carries a request's number from the function's side of the wire to this one. */
export const NUMBER_HEADER = "x-simulator-number";

/** The number of requests from outside of the sandbox, whose time is not virtual. */
const FOREIGN_NUMBER = 0;

/** One action of an API: reads its parameters, then says what it touches and does it. */
export interface ApiAction {
  mutates: boolean;
  read(query: Query): ApiCall;
}

export interface ApiCall {
  /** For the journal. */
  subject: string;
  /** What is authorised; looked up when the call is carried out. */
  resources(): Resource[];
  /** Does it and gives the answer, as AWS's XML would have it. */
  run(): object;
}

export interface WireServices {
  clock: Clock;
  random: Random;
  timings: Timings;
  journal: Journal;
  traffic: Traffic;
  /** By the API's version, which tells EC2 from Auto Scaling. */
  actions: Map<string, Map<string, ApiAction>>;
  rights: Rights;
  fail: (error: Error) => void;
}

interface Arrival {
  number: number;
  body: string;
  response: http.ServerResponse;
}

const services: Record<string, string> = {
  [EC2_VERSION]: "ec2",
  [AUTO_SCALING_VERSION]: "autoscaling",
};

/** AWS's side of the wire: answers the SDK's HTTP requests on loopback, in virtual time. */
export class Wire {
  private readonly server: http.Server;
  private arrivals: Arrival[] = [];
  private readonly xml = new XMLBuilder({});

  constructor(private readonly services: WireServices) {
    this.server = http.createServer((request, response) => {
      void text(request).then((body) => {
        const number = Number(request.headers[NUMBER_HEADER] ?? FOREIGN_NUMBER);
        this.arrivals.push({ number, body, response });
        services.traffic.arrives(number);
      });
    });
  }

  /** @returns the address for `AWS_ENDPOINT_URL` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  /** Takes in what has arrived, in the order in which it was sent, whatever the sockets made of it. */
  accept(): void {
    const arrivals = this.arrivals.sort((a, b) => a.number - b.number);
    this.arrivals = [];
    for (const arrival of arrivals) this.acceptOne(arrival);
  }

  private acceptOne(arrival: Arrival): void {
    const { clock, random, timings } = this.services;
    const query = Query.parse(arrival.body);
    const version = query.text("Version");
    const name = query.text("Action");
    const answer = (status: number, xml: object) => {
      if (arrival.number !== FOREIGN_NUMBER) this.services.traffic.returns(arrival.number);
      const body = this.xml.build(xml);
      const headers = { "content-type": "text/xml", date: httpTime(clock.nowMs) };
      arrival.response.writeHead(status, headers).end(body);
    };
    try {
      const action = this.services.actions.get(version)?.get(name);
      if (action === undefined) throw new NotModelled(`action ${name} of version ${version}`);
      const call = action.read(query);
      query.end();
      clock.after(
        random.between(action.mutates ? timings.writeCall : timings.readCall),
        async () => {
          const { status, xml } = await this.carryOut(version, name, call, action.mutates);
          answer(status, xml);
        },
      );
    } catch (error) {
      const refused = this.refusal(version, name, error);
      clock.after(random.between(timings.readCall), () => {
        answer(refused.status, refused.xml);
      });
    }
  }

  private async carryOut(
    version: string,
    name: string,
    call: ApiCall,
    mutates: boolean,
  ): Promise<{ status: number; xml: object }> {
    const { journal, rights } = this.services;
    const facts = { action: name, mutates };
    try {
      const isAllowed = await rights.allow(`${services[version]}:${name}`, call.resources());
      if (!isAllowed) throw notAuthorised(version);
      const answer = call.run();
      journal.write("call", `${name} ${call.subject}`, facts);
      return { status: 200, xml: answerXml(version, name, answer) };
    } catch (error) {
      const code = error instanceof AwsError ? error.code : String(error);
      journal.write("call", `${name} ${call.subject}: ${code}`, { ...facts, code });
      return this.refusal(version, name, error);
    }
  }

  private refusal(version: string, name: string, error: unknown): { status: number; xml: object } {
    if (error instanceof AwsError) {
      return { status: error.status, xml: errorXml(version, error.code, error.message) };
    }
    const failure = error instanceof Error ? error : new Error(String(error));
    this.services.fail(failure);
    return { status: 501, xml: errorXml(version, "NotModelled", `${name}: ${failure.message}`) };
  }
}

function notAuthorised(version: string): AwsError {
  return version === EC2_VERSION
    ? new AwsError(
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
        403,
      )
    : new AwsError("AccessDenied", "User is not authorized to perform this action.", 403);
}

function answerXml(version: string, name: string, answer: object): object {
  return version === EC2_VERSION
    ? { [`${name}Response`]: { requestId: "simulated", ...answer } }
    : { [`${name}Response`]: { [`${name}Result`]: answer } };
}

function errorXml(version: string, Code: string, Message: string): object {
  return version === EC2_VERSION
    ? { Response: { Errors: { Error: { Code, Message } }, RequestID: "simulated" } }
    : { ErrorResponse: { Error: { Type: "Sender", Code, Message }, RequestId: "simulated" } };
}
