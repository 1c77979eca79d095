import { readdirSync } from "node:fs";
import { sep } from "node:path";
import type { AppControllerRoute, AppViewRoute } from "@bull-board/api/typings/app";
import { ExpressAdapter } from "@bull-board/express";
import type { Redis } from "ioredis";
import { askRedis } from "./ask-redis.ts";
import { cleanPage } from "./clean-page.ts";
import { OPEN_ROUTES } from "./open-routes.ts";
import { PAGE_POLICY } from "./page-policy.ts";

/**
 * Puts bull-board into Express as far as it reads: routes that are not open are not even registered. Its errors go to the
 * app that it is mounted in.
 */
export class ReadingAdapter extends ExpressAdapter {
  readonly #redis: Redis;
  /** The files of the user interface, as paths behind the mount: `/static/js/main.….js`. */
  readonly assets = new Set<string>();

  /** @param redis asked whether it is there before a page is shown */
  constructor(redis: Redis) {
    super();
    this.#redis = redis;
    this.app.disable("x-powered-by");
  }

  override setStaticPath(route: string, folder: string): this {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = `${entry.parentPath}/${entry.name}`.slice(folder.length).replaceAll(sep, "/");
      if (entry.isFile() && !path.endsWith(".map")) this.assets.add(`${route}${path}`);
    }
    super.setStaticPath(route, folder);
    return this;
  }

  override setApiRoutes(routes: AppControllerRoute[]): this {
    const reading = routes.filter(({ method, route }) => method === "get" && OPEN_ROUTES.includes(`${route}`));
    const redis = this.#redis;
    super.setApiRoutes(
      reading.map((route) => ({ ...route, handler: (request) => askRedis(redis, () => route.handler(request)) })),
    );
    return this;
  }

  override setEntryRoute({ route, handler }: AppViewRoute): this {
    const pages = [route].flat().filter((path) => OPEN_ROUTES.includes(path));
    this.app.get(pages, async (_request, response, next) => {
      // The page itself would load without Redis, and then show nothing.
      await askRedis(this.#redis, () => this.#redis.ping());
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.setHeader("Content-Security-Policy", PAGE_POLICY);
      response.render(name, params, (error, html) => (error ? next(error) : response.send(cleanPage(html))));
    });
    return this;
  }

  /** The handler that bull-board brings would answer with the message of whatever was thrown. */
  override setErrorHandler(): this {
    return super.setErrorHandler((error) => {
      throw error;
    });
  }
}
