/** The addresses of built workers, as `build.mjs` gives them. */
declare module "worker:*" {
  const url: string;
  export default url;
}
