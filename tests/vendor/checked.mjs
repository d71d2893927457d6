// A Node server whose users `@scute/node` checks: its address is the first line that it prints.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [packages, appId, baseUrl] = process.argv.slice(2);
const { createClient, scuteAuthMiddleware } = createRequire(`${packages}/`)("@scute/node");
const check = scuteAuthMiddleware(createClient({ appId, baseUrl }));

const server = createServer((request, response) => {
  check(request, response, (error) => {
    response.statusCode = error ? 401 : 200;
    response.end(error ? error.code : request.user.email);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
