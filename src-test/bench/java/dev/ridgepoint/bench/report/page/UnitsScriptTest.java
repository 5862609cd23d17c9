package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.text.Units;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;

/** The page writes numbers as everything else does. */
class UnitsScriptTest {
  private static final Map<String, DoubleFunction<String>> FUNCTIONS =
      Map.ofEntries(
          Map.entry("significant", Units::significant),
          Map.entry("seconds", Units::seconds),
          Map.entry("percent", Units::percent),
          Map.entry("size", value -> Units.size((long) value)),
          Map.entry("flops", Units::flops),
          Map.entry("flopsPerSecond", Units::flopsPerSecond),
          Map.entry("bytes", Units::bytes),
          Map.entry("bytesPerSecond", Units::bytesPerSecond),
          Map.entry("amount", Units::amount),
          Map.entry("intensity", Units::intensity),
          Map.entry("tokensPerSecond", Units::tokensPerSecond));

  @Test
  void scriptAndJavaAgree() {
    try (Context context = Context.enter()) {
      context.setLanguageVersion(Context.VERSION_ECMASCRIPT);
      Scriptable scope = context.initStandardObjects();
      context.evaluateString(
          scope, Assets.text("units.js") + "var units = Units;", "units", 1, null);
      Scriptable units = (Scriptable) ScriptableObject.getProperty(scope, "units");
      FUNCTIONS.forEach(
          (name, java) -> {
            Function script = (Function) ScriptableObject.getProperty(units, name);
            Random random = new Random(14);
            for (int i = 0; i < 2000; i++) {
              double value = i < 8 ? EDGES[i] : Math.pow(10, -7 + 20 * random.nextDouble());
              double argument = name.equals("size") ? Math.rint(value) : value;
              Object text = script.call(context, scope, units, new Object[] {argument});
              assertEquals(java.apply(argument), Context.toString(text), name + " of " + argument);
            }
          });
    }
  }

  private static final double[] EDGES = {0, 1, 0.9995, 1.005, 99.95, 999.5, 1000, 1e6};
}
