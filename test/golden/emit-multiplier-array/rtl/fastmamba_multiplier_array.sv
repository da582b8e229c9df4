// Written by fastmamba.

// A MAT array of 4 x 8.
module fastmamba_multiplier_array (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; scalars and bases hold from here to the end
  output logic         done,  // high while nothing runs
  input  logic         clear,  // gives up the call; the memory goes on
  output logic [0:0]   errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]   awaiting,  // a bit a port: the memory has not answered yet
  output logic [0:0]   unfinished,  // a bit a process: it runs
  input  logic [3:0]   chunks,  // 0..8: chunks of 8 tokens
  input  logic [6:0]   tokens,  // 0..64: tokens
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

  // A call: 5 cycles until the prologues have settled, then all processes at once.
  wire mat_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  assign unfinished = ~{mat_done};
  logic reset;  // of processes and channels, on its way
  always_ff @(posedge clk) reset <= rst | clear;
  logic [4:0] settling;
  wire go = settling[4];
  always_ff @(posedge clk)
    if (rst | clear) settling <= '0;
    else settling <= 5'({settling, start});
  logic busy;
  logic launched;
  wire ended = launched & mat_done;
  always_ff @(posedge clk)
    if (rst | clear | ended) launched <= 1'b0;
    else if (go) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | clear | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  // s32 x 4: accumulators
  wire [127:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(128), .DEPTH(7), .STORAGE("lutram"), .RESERVED(1'b1), .ID(3)) fifo_output (
    .clk, .rst(reset), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  mat u_mat (
    .clk, .rst(reset), .start(go),
    .done(mat_done),
    .chunks,
    .tokens,
    .weights_data, .weights_valid, .weights_ready,
    .input_data, .input_valid, .input_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
