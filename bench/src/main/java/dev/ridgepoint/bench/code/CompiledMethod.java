package dev.ridgepoint.bench.code;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One version of a method that C2 compiled, as HotSpot prints it.
 *
 * @param name class and method, {@code a.b.C::m}
 * @param onStackReplacement whether the version is entered in the middle of a loop that is running
 * @param listing what follows its headline: machine code in hex, or instructions where hsdis is
 */
public record CompiledMethod(String name, boolean onStackReplacement, String listing) {
  /** Milliseconds, compilation's number, flags, level, method. */
  private static final Pattern HEADLINE =
      Pattern.compile("Compiled method \\(c2\\) +\\d+ +\\d+ ([^:\\n]*?) *([\\w.$/]+::\\S+)");

  /** All that a JVM printed, in the order in which compilations ended. */
  public static List<CompiledMethod> read(String vmOutput) {
    Matcher matcher = HEADLINE.matcher(vmOutput);
    List<MatchResult> headlines = matcher.results().toList();
    List<CompiledMethod> methods = new ArrayList<>();
    for (int i = 0; i < headlines.size(); i++) {
      MatchResult headline = headlines.get(i);
      int end = i + 1 < headlines.size() ? headlines.get(i + 1).start() : vmOutput.length();
      methods.add(
          new CompiledMethod(
              headline.group(2),
              headline.group(1).contains("%"),
              vmOutput.substring(headline.end(), end)));
    }
    return methods;
  }
}
