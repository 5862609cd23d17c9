package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The command lines of llama.cpp, which loads GGUF files. */
record LlamaCpp(PlannedServing serving) {
  /** llama.cpp's {@code LLAMA_MAX_SEQ}. */
  private static final int MAX_SLOTS = 256;

  private static final int RPC_PORT = 50052;

  Launch launch() {
    return lacking()
        .map(what -> Launch.none("llama.cpp is left out: " + what))
        .orElseGet(() -> serving.devices() > 1 ? shared() : alone());
  }

  private Optional<String> lacking() {
    boolean hasFile =
        serving.checkpoint().kind() == Checkpoint.Kind.GGUF || serving.isOf(ServingPrecision.BF16);
    if (!hasFile) {
      return Optional.of("it has no format of " + serving.plan().choice().precision().name());
    }
    if (serving.device().kind() == Device.Kind.ACCELERATOR) {
      return Optional.of("it does not run on " + serving.device().name());
    }
    if (serving.plan().point().batch() > MAX_SLOTS) {
      return Optional.of(
          String.format(Locale.ROOT, "it runs %d sequences at a time at most", MAX_SLOTS));
    }
    return serving.layout().expertParallel() > 1
        ? Optional.of("it does not share out experts")
        : Optional.empty();
  }

  /** Its cache is in 16 bits by itself. */
  private Line server() {
    int slots = Math.min(serving.sequences(), MAX_SLOTS);
    Line line =
        new Line(Program.LLAMA_SERVER)
            .flag("--model", ggufFile())
            .flag("--ctx-size", Math.multiplyExact((long) slots, (long) serving.positions()))
            .flag("--parallel", slots)
            .flag("--flash-attn", "on");
    return serving.device().kind() == Device.Kind.CPU
        ? line.flag("--device", "none")
        : line.flag("--gpu-layers", "all");
  }

  private Launch alone() {
    return new Launch(List.of(server().command(serving.place())), List.of());
  }

  /**
   * In one host all devices take a part of each tensor. In hosts of their own they take whole
   * layers: llama.cpp has no other way between hosts.
   */
  private Launch shared() {
    int hosts = serving.devices();
    String equalParts = String.join(",", Collections.nCopies(hosts, "1"));
    ShellCommand inOneHost =
        server()
            .flag("--split-mode", "tensor")
            .flag("--tensor-split", equalParts)
            .command(serving.place());
    ShellCommand onOtherHosts =
        new Line(Program.RPC_SERVER)
            .flag("--host", "0.0.0.0")
            .flag("--port", RPC_PORT)
            .command("on hosts 2 to " + hosts + ", if each device has a host of its own");
    String others =
        IntStream.rangeClosed(2, hosts)
            .mapToObj(host -> String.format(Locale.ROOT, "host%d:%d", host, RPC_PORT))
            .collect(Collectors.joining(","));
    ShellCommand onFirstHost =
        server()
            .flag("--split-mode", "layer")
            .flag("--tensor-split", equalParts)
            .flag("--rpc", others)
            .command("on host 1, with these");
    return new Launch(
        List.of(inOneHost, onOtherHosts, onFirstHost),
        List.of(
            "llama.cpp's split of tensors is experimental; between hosts it splits by layers, which"
                + " holds what the plan holds but answers one request as slowly as one device"));
  }

  private String ggufFile() {
    return serving.checkpoint().kind() == Checkpoint.Kind.GGUF
        ? serving.checkpoint().location()
        : serving.checkpoint().location() + "-BF16.gguf";
  }
}
