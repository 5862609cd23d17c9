package dev.ridgepoint.bench.report.page;

import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page's roofline as an SVG file, for documents that run no scripts: the same option of
 * ECharts, which Rhino runs in the library's mode for servers. Takes a second or two of one core.
 */
public final class RooflineSvg {
  private RooflineSvg() {}

  /** The roofline of the most threads. */
  public static String render(Report report) {
    try (Context context = Context.enter()) {
      // Compiling a megabyte of script takes longer than interpreting what is used of it once.
      context.setInterpretedMode(true);
      context.setLanguageVersion(Context.VERSION_ECMASCRIPT);
      Scriptable scope = context.initStandardObjects();
      // The library asks for timers when it is loaded, but draws at once.
      run(context, scope, "timers", "var setTimeout = () => 0; var clearTimeout = () => {};");
      run(context, scope, "echarts", Assets.echarts());
      for (String script : new String[] {"units.js", "roofline.js", "svg.js"}) {
        run(context, scope, script, Assets.text(script));
      }
      Function draw = (Function) ScriptableObject.getProperty(scope, "rooflineSvg");
      String colours = JsonMapper.shared().writeValueAsString(Assets.lightColours());
      Object[] arguments = {ReportJson.render(report), colours};
      return Context.toString(draw.call(context, scope, scope, arguments)) + "\n";
    }
  }

  private static void run(Context context, Scriptable scope, String name, String script) {
    context.evaluateString(scope, script, name, 1, null);
  }
}
