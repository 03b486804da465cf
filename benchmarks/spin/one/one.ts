export default {
  fetch(): Response {
    return new Response('2');
  },
};
