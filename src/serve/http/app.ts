/** The routes: OpenAI's completions and chat completions, the list of models, health and metrics. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { ChoicePiece } from './answer.js';
import { ApiError } from './api-error.js';
import { chatRequest, completionRequest, type TextRequest } from './request.js';
import { type Job, type Service, wholeTexts } from './service.js';

type Env = { Bindings: HttpBindings };

/** `apiKey` is asked for by /v1 alone, where there is one. */
export function makeApp(service: Service, apiKey?: string): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => refuse(c, error));
  app.notFound((c) => refuse(c, new ApiError(404, `No such route: ${c.req.method} ${c.req.path}`)));
  app.get('/health', (c) => c.json({ status: service.health }, service.health === 'ok' ? 200 : 503));
  app.get('/metrics', async (c) => {
    return c.body(await service.metrics.text(), 200, { 'Content-Type': service.metrics.contentType });
  });
  if (apiKey !== undefined) {
    app.use('/v1/*', async (c, next) => {
      const given = c.req.header('Authorization') ?? '';
      if (!isEqual(given, `Bearer ${apiKey}`))
        throw new ApiError(401, 'Incorrect API key', { code: 'invalid_api_key' });
      await next();
    });
  }
  const maxSize = service.limits.bodyBytes;
  const onError = () => {
    throw new ApiError(413, `The body is larger than ${maxSize} bytes`);
  };
  app.use('/v1/*', bodyLimit({ maxSize, onError }));
  app.get('/v1/models', (c) => c.json({ object: 'list', data: [service.listed] }));
  app.get('/v1/models/:name', (c) => {
    const name = c.req.param('name');
    if (name === service.model.name) return c.json(service.listed);
    throw new ApiError(404, `The model '${name}' does not exist`, {
      param: 'model',
      code: 'model_not_found',
    });
  });
  const texts = (path: string, read: (body: unknown) => TextRequest) =>
    app.post(path, async (c) => {
      try {
        const request = read(await bodyOf(c));
        const job = service.start(request);
        // Whoever closes the connection before all is written has hung up.
        const { outgoing } = c.env;
        outgoing.on('close', () => outgoing.writableFinished || job.hangUp());
        const answer = request.isStreamed ? stream(c, request, job) : await answerWhole(c, job);
        service.metrics.answered(path, 200);
        return answer;
      } catch (error) {
        service.metrics.answered(path, error instanceof ApiError ? error.status : 500);
        throw error;
      }
    });
  texts('/v1/completions', (body) => completionRequest(body, service.limits));
  texts('/v1/chat/completions', (body) => chatRequest(body, service.limits));
  return app;
}

async function answerWhole(c: Context<Env>, { answers, pieces, usage }: Job): Promise<Response> {
  const all: ChoicePiece[] = [];
  for await (const piece of pieces()) all.push(piece);
  return c.json(answers.whole(wholeTexts(all), usage()));
}

function stream(c: Context<Env>, request: TextRequest, { answers, pieces, usage, hangUp }: Job): Response {
  return streamSSE(c, async (out) => {
    out.onAbort(hangUp);
    const send = (data: object) => out.writeSSE({ data: JSON.stringify(data) });
    const begun = new Set<number>();
    try {
      for await (const piece of pieces()) {
        const { index } = piece;
        if (request.kind === 'chat' && !begun.has(index)) await send(answers.begin(index));
        begun.add(index);
        await send(answers.piece(piece));
      }
      if (request.wantsUsage) await send(answers.usage(usage()));
      await out.writeSSE({ data: '[DONE]' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await send(error.body);
    }
  });
}

async function bodyOf(c: Context<Env>): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, 'The body is not valid JSON');
  }
}

function refuse(c: Context<Env>, error: unknown): Response {
  const known = error instanceof ApiError ? error : new ApiError(500, 'Internal error');
  if (known !== error) console.error(error);
  const { retrySeconds } = known.details;
  const headers: Record<string, string> =
    retrySeconds === undefined ? {} : { 'Retry-After': `${retrySeconds}` };
  return c.json(known.body, known.status, headers);
}

/** In a time that says nothing of where they differ. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
