export default { fetch: (): Response => new Response('calm') };
