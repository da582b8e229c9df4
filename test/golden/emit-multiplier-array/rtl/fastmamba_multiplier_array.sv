// Written by fastmamba.

// A MAT array of 4 x 8.
module fastmamba_multiplier_array (
  input  logic         clk,
  input  logic         rst,
  input  logic         offered,  // a call: the scalars hold until it is taken; the bases hold to the end
  output logic         taken,  // all processes have taken it; falls after what was offered
  output logic         done,  // high while nothing runs
  input  logic         clear,  // gives up all calls; the memory goes on
  output logic [0:0]   errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]   awaiting,  // a bit a port: the memory has not answered yet
  output logic [0:0]   unfinished,  // a bit a process: it runs
  input  logic [3:0]   chunks,  // 0..8: chunks of 8 tokens
  input  logic [3:0]   last_tokens,  // 0..8: tokens of the last chunk
  input  logic [127:0] weights_data,  // s8 x 16: weight words
  input  logic         weights_valid,
  output logic         weights_ready,
  input  logic [63:0]  input_data,  // s8 x 8: inputs, for every row of tiles again
  input  logic         input_valid,
  output logic         input_ready,
  output logic [127:0] output_data,  // s32 x 4: accumulators
  output logic         output_valid,
  input  logic         output_ready
);

  wire mat_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  // Reset and what is offered go to each process, with the channels that it writes, from a register of its own, and so does reset to each
  // AXI master.
  wire [1:0] steers;
  register_copies #(.WIDTH(2), .COPIES(1)) steer_processes (
    .clk, .en(1'b1), .in({offered, rst | clear}), .out(steers)
  );
  // A process takes the scalars of a call as soon as its own part of the call before has ended, whatever the others do, and starts when its
  // prologue has settled. Calls so follow each other in every process, and words of a call those of the one before in every channel.
  wire mat_take, mat_taken, mat_start, mat_busy;
  call_control #(.SETTLE_CYCLES(5)) mat_calls (
    .clk, .rst(steers[0]), .offered(steers[1]), .done(mat_done),
    .take(mat_take), .taken(mat_taken), .start(mat_start), .busy(mat_busy)
  );
  logic [7:0] mat_scalars;
  always_ff @(posedge clk) if (mat_take) mat_scalars <= {chunks, last_tokens};
  assign unfinished = ~{mat_done};
  // What all have taken, and what has ended, is brought together in two stages.
  logic [0:0] all_taken, all_ended;
  always_ff @(posedge clk) begin
    all_taken[0] <= mat_taken;
    all_ended[0] <= ~mat_busy;
  end
  assign taken = &all_taken;
  assign done = &all_ended;

  // s32 x 4: accumulators
  wire [127:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(128), .DEPTH(10), .STORAGE("lutram"), .RESERVED(1'b1), .ID(3)) fifo_output (
    .clk, .rst(steers[0]), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  mat u_mat (
    .clk, .rst(steers[0]), .start(mat_start),
    .done(mat_done),
    .chunks(mat_scalars[7:4]),
    .last_tokens(mat_scalars[3:0]),
    .weights_data, .weights_valid, .weights_ready,
    .input_data, .input_valid, .input_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
