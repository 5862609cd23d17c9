package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.MedianInterval;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What llama-bench prints of one test.
 *
 * @param result the test's object
 * @param log what it prints besides
 */
record LlamaBenchOutput(JsonNode result, String log) {
  private static final Pattern LIBRARY =
      Pattern.compile("(?m)loaded CPU backend from .*?([^/\\\\\\s]+)\\s*$");
  private static final Pattern GENERATION = Pattern.compile("ggml-cpu-(\\w+)");

  /** Of the libraries per generation (ggml/src/CMakeLists.txt): what Java has nothing like. */
  private static final Map<String, String> OUT_OF_REACH =
      Map.of(
          "alderlake", "AVX_VNNI",
          "cascadelake", "AVX512_VNNI",
          "icelake", "AVX512_VNNI",
          "cooperlake", "AVX512_VNNI, AVX512_BF16",
          "zen4", "AVX512_VNNI, AVX512_BF16",
          "sapphirerapids", "AVX512_VNNI, AVX512_BF16, AMX_INT8");

  /**
   * @throws IOException if it is not the result of one test
   */
  static LlamaBenchOutput of(String output, String log) throws IOException {
    JsonNode results;
    try {
      results = JsonMapper.shared().readTree(output);
    } catch (JacksonException e) {
      throw new IOException("prints no JSON", e);
    }
    if (results.size() != 1 || results.path(0).path("samples_ns").isEmpty()) {
      throw new IOException(log.lines().reduce((first, second) -> second).orElse("no result"));
    }
    return new LlamaBenchOutput(results.get(0), log);
  }

  /** The median time of the whole test. */
  double seconds() {
    double[] nanos =
        StreamSupport.stream(result.required("samples_ns").spliterator(), false)
            .mapToDouble(JsonNode::asDouble)
            .toArray();
    return MedianInterval.of(nanos).median() / 1e9;
  }

  String build() {
    return "llama.cpp, build %s (%s)"
        .formatted(
            result.path("build_commit").asString(Identity.UNKNOWN),
            result.path("build_number").asString(Identity.UNKNOWN));
  }

  /** The library that it loaded, and which instructions of that Java has nothing like. */
  String instructions() {
    Optional<String> library = first(LIBRARY, log);
    Optional<String> unreachable =
        library.flatMap(name -> first(GENERATION, name)).map(OUT_OF_REACH::get);
    return library.orElse("a CPU backend that does not tell its instructions")
        + unreachable.map(text -> ", of which Java cannot reach " + text).orElse("");
  }

  private static Optional<String> first(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).findFirst();
  }
}
