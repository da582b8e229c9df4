/** The server on its port. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { UserError } from '../../errors.js';
import { makeApp } from './app.js';
import { type ServedModel, Service, type ServiceLimits } from './service.js';

/** Where it listens and whom it answers. */
export interface ServerRequest {
  readonly model: ServedModel;
  readonly limits: ServiceLimits;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Clients must name it, where given. */
  readonly apiKey?: string | undefined;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  readonly service: Service;
  /** Takes no more requests, lets those at work end for so long, and closes. */
  stop(graceSeconds: number): Promise<void>;
}

/** Throws UserError where the port cannot be had. */
export async function startServer({
  model,
  limits,
  host,
  port,
  apiKey,
}: ServerRequest): Promise<RunningServer> {
  const service = new Service(model, limits);
  const { fetch } = makeApp(service, apiKey);
  const server = createAdaptorServer({
    fetch,
    serverOptions: { requestTimeout: RECEIVE_MILLISECONDS },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      reject(new UserError(`--port ${port}: cannot listen on ${host} (${code})`));
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`,
    service,
    async stop(graceSeconds) {
      await service.stop(graceSeconds);
      const closed = new Promise((resolve) => server.close(resolve));
      // Answers are written; who only keeps a connection open is not waited for.
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), LAST_WRITE_MILLISECONDS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** For a client to send its request. */
const RECEIVE_MILLISECONDS = 30_000;
/** For the last answers to reach their clients. */
const LAST_WRITE_MILLISECONDS = 2000;
