import { serveFetch } from '../../src/http/serve.ts';

/** A service as an author writes it, wrapped as the build wraps it. */
const service = {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case '/echo':
        return new Response(await request.text(), {
          headers: { 'x-method': request.method, 'x-url': request.url },
        });
      case '/cookies': {
        const headers = new Headers();
        headers.append('Set-Cookie', 'a=1');
        headers.append('Set-Cookie', 'b=2');
        return Response.json({ q: searchParams.get('q') }, { status: 201, headers });
      }
      case '/throw':
        throw new TypeError('on purpose', { cause: 'the cause' });
      case '/undefined':
        return undefined as never;
      case '/bad-status':
        return new Response('', { status: 99 });
      case '/out': {
        const response = await fetch('http://other/x#hash', { method: 'POST', body: 'sent' });
        return new Response(await response.text(), { status: response.status });
      }
      case '/denied':
        return fetch('http://denied/').then(
          () => new Response('?'),
          (error: Error) => new Response(`${error.name}: ${error.message}`),
        );
      default:
        return new Response(null, { status: 404 });
    }
  },
};

export const inboundHttp = { handleRequest: serveFetch(service as never) };
