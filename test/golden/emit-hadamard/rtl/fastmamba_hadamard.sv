// Written by fastmamba.

// Blocks of 16 in words of 4 lanes.
module fastmamba_hadamard (
  input  logic        clk,
  input  logic        rst,
  input  logic        offered,  // a call: the scalars hold until it is taken; the bases hold to the end
  output logic        taken,  // all processes have taken it; falls after what was offered
  output logic        done,  // high while nothing runs
  input  logic        clear,  // gives up all calls; the memory goes on
  output logic [0:0]  errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]  awaiting,  // a bit a port: the memory has not answered yet
  output logic [2:0]  unfinished,  // a bit a process: it runs
  input  logic [8:0]  words,  // 0..400: words of 4 lanes
  input  logic [63:0] input_data,  // s16.11 x 4: values
  input  logic        input_valid,
  output logic        input_ready,
  output logic [79:0] output_data,  // s20.11 x 4: transformed values
  output logic        output_valid,
  input  logic        output_ready
);

  wire hat_lanes_done;
  wire hat_words_1_done;
  wire hat_words_2_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  // Reset and what is offered go to each process, with the channels that it writes, from a register of its own, and so does reset to each
  // AXI master.
  wire [5:0] steers;
  register_copies #(.WIDTH(2), .COPIES(3)) steer_processes (
    .clk, .en(1'b1), .in({offered, rst | clear}), .out(steers)
  );
  // A process takes the scalars of a call as soon as its own part of the call before has ended, whatever the others do, and starts when its
  // prologue has settled. Calls so follow each other in every process, and words of a call those of the one before in every channel.
  wire hat_lanes_take, hat_lanes_taken, hat_lanes_start, hat_lanes_busy;
  call_control #(.SETTLE_CYCLES(2)) hat_lanes_calls (
    .clk, .rst(steers[0]), .offered(steers[1]), .done(hat_lanes_done),
    .take(hat_lanes_take), .taken(hat_lanes_taken), .start(hat_lanes_start), .busy(hat_lanes_busy)
  );
  logic [8:0] hat_lanes_scalars;
  always_ff @(posedge clk) if (hat_lanes_take) hat_lanes_scalars <= {words};
  wire hat_words_1_take, hat_words_1_taken, hat_words_1_start, hat_words_1_busy;
  call_control #(.SETTLE_CYCLES(2)) hat_words_1_calls (
    .clk, .rst(steers[2]), .offered(steers[3]), .done(hat_words_1_done),
    .take(hat_words_1_take), .taken(hat_words_1_taken), .start(hat_words_1_start), .busy(hat_words_1_busy)
  );
  logic [8:0] hat_words_1_scalars;
  always_ff @(posedge clk) if (hat_words_1_take) hat_words_1_scalars <= {words};
  wire hat_words_2_take, hat_words_2_taken, hat_words_2_start, hat_words_2_busy;
  call_control #(.SETTLE_CYCLES(2)) hat_words_2_calls (
    .clk, .rst(steers[4]), .offered(steers[5]), .done(hat_words_2_done),
    .take(hat_words_2_take), .taken(hat_words_2_taken), .start(hat_words_2_start), .busy(hat_words_2_busy)
  );
  logic [8:0] hat_words_2_scalars;
  always_ff @(posedge clk) if (hat_words_2_take) hat_words_2_scalars <= {words};
  assign unfinished = ~{hat_words_2_done, hat_words_1_done, hat_lanes_done};
  // What all have taken, and what has ended, is brought together in two stages.
  logic [0:0] all_taken, all_ended;
  always_ff @(posedge clk) begin
    all_taken[0] <= hat_lanes_taken & hat_words_1_taken & hat_words_2_taken;
    all_ended[0] <= ~hat_lanes_busy & ~hat_words_1_busy & ~hat_words_2_busy;
  end
  assign taken = &all_taken;
  assign done = &all_ended;

  // s18 x 4: Sums and differences over 4 neighbours, within a word.
  wire [71:0] hat_stage_2_in_data, hat_stage_2_data;
  wire hat_stage_2_in_valid, hat_stage_2_in_ready, hat_stage_2_valid, hat_stage_2_ready;
  fifo #(.WIDTH(72), .DEPTH(2), .STORAGE("registers"), .ID(3)) fifo_hat_stage_2 (
    .clk, .rst(steers[0]), .in_reserve(1'b0),
    .in_data(hat_stage_2_in_data), .in_valid(hat_stage_2_in_valid), .in_ready(hat_stage_2_in_ready),
    .out_data(hat_stage_2_data), .out_valid(hat_stage_2_valid), .out_ready(hat_stage_2_ready)
  );

  // s19 x 4: Sums and differences over 8 neighbours.
  wire [75:0] hat_stage_3_in_data, hat_stage_3_data;
  wire hat_stage_3_in_valid, hat_stage_3_in_ready, hat_stage_3_valid, hat_stage_3_ready;
  fifo #(.WIDTH(76), .DEPTH(2), .STORAGE("registers"), .ID(4)) fifo_hat_stage_3 (
    .clk, .rst(steers[2]), .in_reserve(1'b0),
    .in_data(hat_stage_3_in_data), .in_valid(hat_stage_3_in_valid), .in_ready(hat_stage_3_in_ready),
    .out_data(hat_stage_3_data), .out_valid(hat_stage_3_valid), .out_ready(hat_stage_3_ready)
  );

  hat_lanes u_hat_lanes (
    .clk, .rst(steers[0]), .start(hat_lanes_start),
    .done(hat_lanes_done),
    .words(hat_lanes_scalars[8:0]),
    .input_data, .input_valid, .input_ready,
    .hat_stage_2_data(hat_stage_2_in_data), .hat_stage_2_valid(hat_stage_2_in_valid), .hat_stage_2_ready(hat_stage_2_in_ready)
  );

  hat_words_1 u_hat_words_1 (
    .clk, .rst(steers[2]), .start(hat_words_1_start),
    .done(hat_words_1_done),
    .words(hat_words_1_scalars[8:0]),
    .hat_stage_2_data, .hat_stage_2_valid, .hat_stage_2_ready,
    .hat_stage_3_data(hat_stage_3_in_data), .hat_stage_3_valid(hat_stage_3_in_valid), .hat_stage_3_ready(hat_stage_3_in_ready)
  );

  hat_words_2 u_hat_words_2 (
    .clk, .rst(steers[4]), .start(hat_words_2_start),
    .done(hat_words_2_done),
    .words(hat_words_2_scalars[8:0]),
    .hat_stage_3_data, .hat_stage_3_valid, .hat_stage_3_ready,
    .output_data, .output_valid, .output_ready
  );
endmodule
